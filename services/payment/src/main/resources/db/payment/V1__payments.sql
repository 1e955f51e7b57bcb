create table payments.payments (
  payment_id        varchar(36)    primary key,
  order_id          varchar(64)    not null unique,
  amount            numeric(19, 2) not null,
  currency          char(3)        not null,
  card_last4        char(4)        not null,
  status            varchar(16)    not null
    check (status in ('PROCESSING', 'COMPLETED', 'DECLINED', 'REFUNDED', 'CANCELLED')),
  gateway_reference varchar(64),
  created_at        timestamp with time zone not null,
  updated_at        timestamp with time zone not null
);

create table payments.sandbox_charges (
  idempotency_key varchar(128) primary key,
  charge_id       varchar(36)  not null,
  amount          numeric(19, 2),
  currency        char(3),
  card_last4      char(4),
  attempts        integer      not null,
  status          varchar(16)  not null
    check (status in ('NEW', 'CHARGED', 'DECLINED', 'REFUNDED', 'BARRED'))
);
