package dev.sluice.pgwire;

/** Where a server stands when it is ready for a query. */
public enum TransactionStatus {
  /** Outside a transaction. */
  IDLE('I'),
  /** In a transaction. */
  ACTIVE('T'),
  /** In a transaction that failed: it refuses all but its end. */
  FAILED('E');

  private final byte code;

  TransactionStatus(char code) {
    this.code = (byte) code;
  }

  /** As ReadyForQuery has it. */
  public byte code() {
    return code;
  }

  /**
   * The status that ReadyForQuery means by a byte.
   *
   * @throws ProtocolException if it means none
   */
  public static TransactionStatus of(byte code) throws ProtocolException {
    return switch (code) {
      case 'I' -> IDLE;
      case 'T' -> ACTIVE;
      case 'E' -> FAILED;
      default -> throw new ProtocolException("unknown transaction status " + Text.type(code));
    };
  }
}
