-- who reserved it: nobody else releases or confirms it
alter table inventory.reservations add column held_by varchar(200) default '' not null;
