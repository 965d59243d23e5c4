package dev.sluice.jdbc.config;

/** The chapters of the documentation that list the options. */
public enum OptionGroup {
  DATABASE("The database"),
  SIZE("Sizes"),
  LIMITS("Timeouts"),
  LIFE("Checks and lifetime"),
  FAILURE("When the database cannot be reached"),
  SESSION("The session that a borrower finds"),
  DIAGNOSIS("Leaks and slowness"),
  POOL("Start, order, overload");

  private final String title;

  OptionGroup(String title) {
    this.title = title;
  }

  /** Its heading. */
  public String title() {
    return title;
  }
}
