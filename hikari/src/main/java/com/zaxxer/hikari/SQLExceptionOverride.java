package com.zaxxer.hikari;

import java.sql.SQLException;

/** Decides whether an exception condemns its connection. */
public interface SQLExceptionOverride {
  /** What happens to the connection. */
  @SuppressWarnings("AvoidCommonTypeNames") // applications know it by this name
  enum Override {
    /** The pool's own rules decide. */
    CONTINUE_EVICT,
    /** The connection stays. */
    DO_NOT_EVICT,
    /** The connection is closed. */
    MUST_EVICT
  }

  /** Returns the decision; by default the pool's rules decide. */
  default Override adjudicate(SQLException sqlException) {
    return Override.CONTINUE_EVICT;
  }
}
