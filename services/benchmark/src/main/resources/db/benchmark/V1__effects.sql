create table benchmark.effects (
  order_id varchar(36) not null,
  step     varchar(32) not null,
  undone   boolean     not null default false,
  primary key (order_id, step)
);
