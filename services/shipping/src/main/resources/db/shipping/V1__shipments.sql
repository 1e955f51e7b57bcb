create table shipping.shipments (
  shipment_id     varchar(36)  primary key,
  order_id        varchar(64)  not null unique,
  user_id         varchar(100) not null,
  country         char(2)      not null,
  tracking_number varchar(32)  not null unique,
  status          varchar(16)  not null check (status in ('PREPARED', 'CANCELLED')),
  created_at      timestamp with time zone not null,
  updated_at      timestamp with time zone not null
);

create table shipping.shipment_items (
  shipment_id varchar(36) not null references shipping.shipments (shipment_id),
  line        integer     not null,
  product_id  varchar(64) not null,
  quantity    bigint      not null check (quantity > 0),
  primary key (shipment_id, line)
);
