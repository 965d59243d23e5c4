package dev.sluice.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** What the tests store. */
@Entity
class Note {
  @Id @GeneratedValue Long id;

  String text;

  protected Note() {}

  Note(String text) {
    this.text = text;
  }
}
