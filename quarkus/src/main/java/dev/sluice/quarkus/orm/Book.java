package dev.sluice.quarkus.orm;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** What is persisted. */
@Entity
public class Book {
  @Id @GeneratedValue int id;

  String title = "";

  /** For Hibernate. */
  protected Book() {}

  Book(String title) {
    this.title = title;
  }
}
