create table orders.products (
  product_id varchar(64)    primary key,
  unit_price numeric(19, 2) not null check (unit_price >= 0),
  currency   char(3)        not null
);

create table orders.orders (
  order_id   varchar(64)    primary key,
  saga_id    varchar(128)   not null,
  user_id    varchar(100)   not null,
  status     varchar(16)    not null check (status in ('PENDING', 'CONFIRMED', 'CANCELLED')),
  total      numeric(19, 2) not null,
  currency   char(3)        not null,
  country    char(2)        not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table orders.order_items (
  order_id   varchar(64)    not null references orders.orders (order_id),
  line       integer        not null,
  product_id varchar(64)    not null references orders.products (product_id),
  quantity   integer        not null check (quantity > 0),
  unit_price numeric(19, 2) not null,
  primary key (order_id, line)
);

insert into orders.products (product_id, unit_price, currency) values
  ('COFFEE', 12.50, 'EUR'),
  ('GRINDER', 89.00, 'EUR'),
  ('OUT-OF-STOCK', 19.90, 'EUR');
