package com.zaxxer.hikari;

import java.sql.SQLException;

/** Keeps every connection. */
public class Lenient implements SQLExceptionOverride {
  /** The pool makes it by its name. */
  public Lenient() {}

  @java.lang.Override
  public Override adjudicate(SQLException e) {
    return Override.DO_NOT_EVICT;
  }
}
