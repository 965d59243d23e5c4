package dev.sluice.micronaut.app;

import io.micronaut.transaction.annotation.Transactional;
import jakarta.inject.Singleton;

/** Work in transactions. */
@Singleton
public class Shelf {
  private final Books books;

  Shelf(Books books) {
    this.books = books;
  }

  /** Saves two rows or none. */
  @Transactional
  public void fill(boolean fail) {
    books.save(new Book(1, "Effective Java"));
    books.save(new Book(2, "Refactoring"));
    if (fail) {
      throw new IllegalStateException("The shelf broke");
    }
  }
}
