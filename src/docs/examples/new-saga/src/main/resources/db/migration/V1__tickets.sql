CREATE TABLE seats (
    concert VARCHAR(80) PRIMARY KEY,
    free    INT NOT NULL CHECK (free >= 0)
);

CREATE TABLE charges (
    saga_id VARCHAR(200) PRIMARY KEY,
    card    VARCHAR(4)  NOT NULL,
    status  VARCHAR(10) NOT NULL
);

CREATE TABLE tickets (
    saga_id VARCHAR(200) PRIMARY KEY,
    email   VARCHAR(200) NOT NULL,
    status  VARCHAR(10)  NOT NULL
);

INSERT INTO seats VALUES ('OPENING', 1000), ('SOLD-OUT', 0);
