package dev.sluice.micronaut.app;

import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;

/** A row. */
@MappedEntity("book")
public record Book(@Id int id, String title) {}
