--liquibase formatted sql
--changeset shop:1
CREATE TABLE author (id bigint PRIMARY KEY, name text);
