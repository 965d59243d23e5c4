--liquibase formatted sql

--changeset sluice:1
CREATE TABLE book (id INT PRIMARY KEY, title VARCHAR(100) NOT NULL);

--changeset sluice:2
INSERT INTO book (id, title) VALUES (1, 'Effective Java');
