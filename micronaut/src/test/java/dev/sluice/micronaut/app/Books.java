package dev.sluice.micronaut.app;

import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.CrudRepository;

/** The rows, by Micronaut Data. */
@JdbcRepository(dialect = Dialect.POSTGRES)
public interface Books extends CrudRepository<Book, Integer> {}
