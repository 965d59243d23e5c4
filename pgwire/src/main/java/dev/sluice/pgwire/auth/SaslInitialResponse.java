package dev.sluice.pgwire.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first message of a SASL exchange, from the side that logs in: the name of a mechanism, NUL,
 * the length of the data in four bytes, the data.
 *
 * @param mechanism what the client chose
 * @param data the mechanism's own first message
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record SaslInitialResponse(String mechanism, byte[] data) {
  private static final int LENGTH_BYTES = 4;

  /**
   * Empty if the payload has another form. Data that is absent (length -1) has another form too.
   */
  static Optional<SaslInitialResponse> parse(byte[] payload) {
    int nul = 0;
    while (nul < payload.length && payload[nul] != 0) {
      nul++;
    }
    ByteBuffer rest = ByteBuffer.wrap(payload);
    if (payload.length - nul - 1 < LENGTH_BYTES) {
      return Optional.empty();
    }
    rest.position(nul + 1);
    if (rest.getInt() != rest.remaining()) {
      return Optional.empty();
    }
    byte[] data = new byte[rest.remaining()];
    rest.get(data);
    return Optional.of(
        new SaslInitialResponse(new String(payload, 0, nul, StandardCharsets.US_ASCII), data));
  }

  byte[] payload() {
    byte[] name = mechanism.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(name.length + 1 + LENGTH_BYTES + data.length)
        .put(name)
        .put((byte) 0)
        .putInt(data.length)
        .put(data)
        .array();
  }
}
