-- chosen by whoever asks for the payment; the payments before have the key that they were made with
alter table payments.payments add column idempotency_key varchar(330) default '' not null;
update payments.payments set idempotency_key = 'payment-' || order_id;
alter table payments.sandbox_charges alter column idempotency_key set data type varchar(330);
