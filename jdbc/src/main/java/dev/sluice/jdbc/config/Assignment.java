package dev.sluice.jdbc.config;

/** What a setting means: an option and its value. */
record Assignment(Option option, Object value, Setting setting) {
  /** Shows no value, for it may be a secret. */
  @Override
  public String toString() {
    return option + " by " + setting;
  }
}
