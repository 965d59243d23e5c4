package dev.sluice.compat;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** What is persisted. */
@Entity
@Table(name = "book")
class Book {
  @Id int id;

  @Column(nullable = false)
  String title = "";

  @Version int version;

  /** For Hibernate. */
  Book() {}

  Book(int id, String title) {
    this.id = id;
    this.title = title;
  }
}
