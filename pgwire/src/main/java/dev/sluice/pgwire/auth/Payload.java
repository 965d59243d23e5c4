package dev.sluice.pgwire.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the content of a message of the server, without believing any length in it. */
final class Payload {
  private final ByteBuffer bytes;

  Payload(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  boolean hasMore() {
    return bytes.hasRemaining();
  }

  int remaining() {
    return bytes.remaining();
  }

  byte byteOr(byte otherwise) {
    return bytes.hasRemaining() ? bytes.get() : otherwise;
  }

  int intOr(int otherwise) {
    return bytes.remaining() >= Integer.BYTES ? bytes.getInt() : otherwise;
  }

  /** The text up to the next NUL; empty if there is none. */
  Optional<String> string() {
    int end = bytes.position();
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    return end == bytes.limit() ? Optional.empty() : Optional.of(text(end, end + 1));
  }

  /** The text up to the next NUL, or to the end. */
  String stringOrRest() {
    return string().orElseGet(() -> text(bytes.limit(), bytes.limit()));
  }

  private String text(int end, int next) {
    int length = end - bytes.position();
    String text = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
    bytes.position(next);
    return text;
  }

  byte[] rest() {
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return rest;
  }
}
