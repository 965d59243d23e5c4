package dev.sluice.boot;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** A row of the table that Flyway creates. */
@Entity
class Book {
  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  @Nullable Long id;

  @Nullable String title;

  /** For Hibernate. */
  Book() {}

  Book(String title) {
    this.title = title;
  }
}
