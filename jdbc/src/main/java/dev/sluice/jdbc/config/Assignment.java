package dev.sluice.jdbc.config;

/** The meaning of a setting: an option and its value. */
record Assignment(Option option, Object value, Setting setting) {
  /** Shows no value, because it may be a secret. */
  @Override
  public String toString() {
    return option + " by " + setting;
  }
}
