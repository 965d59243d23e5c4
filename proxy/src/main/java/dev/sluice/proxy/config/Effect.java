package dev.sluice.proxy.config;

/**
 * Whether Sluice acts on a setting.
 *
 * @param status whether it acts
 * @param reason why it does not; empty if it does
 */
public record Effect(Status status, String reason) {
  /** Whether Sluice acts on a setting. */
  public enum Status {
    /** It acts on the setting. */
    EFFECTIVE,
    /** It reads and shows the setting, but does not act on it yet. */
    NOT_YET,
    /** It reads and shows the setting, which has no meaning here. */
    NOT_APPLICABLE
  }

  private static final Effect NOW = new Effect(Status.EFFECTIVE, "");

  static Effect now() {
    return NOW;
  }

  static Effect notYet(String reason) {
    return new Effect(Status.NOT_YET, reason);
  }

  static Effect notApplicable(String reason) {
    return new Effect(Status.NOT_APPLICABLE, reason);
  }

  /** Returns whether Sluice acts on the setting. */
  public boolean effective() {
    return status == Status.EFFECTIVE;
  }
}
