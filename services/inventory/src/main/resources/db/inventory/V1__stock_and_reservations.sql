create table inventory.stock (
  product_id varchar(64) primary key,
  available  bigint not null check (available >= 0),
  reserved   bigint not null check (reserved >= 0)
);

create table inventory.reservations (
  order_id   varchar(64) not null,
  product_id varchar(64) not null references inventory.stock (product_id),
  quantity   bigint      not null check (quantity > 0),
  status     varchar(16) not null check (status in ('RESERVED', 'RELEASED', 'CONFIRMED')),
  primary key (order_id, product_id)
);

insert into inventory.stock (product_id, available, reserved) values
  ('COFFEE', 1000000, 0),
  ('GRINDER', 10, 0),
  ('OUT-OF-STOCK', 0, 0);
