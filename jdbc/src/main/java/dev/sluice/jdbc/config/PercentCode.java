package dev.sluice.jdbc.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The percent-encoding of URLs, in UTF-8. A plus sign has no special meaning. */
final class PercentCode {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private PercentCode() {}

  /** Decodes a text. The message of a failure shows no part of the text. */
  static String decode(String text) throws BadValue {
    if (text.indexOf('%') < 0) {
      return noNul(text);
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes.put((byte) (hex(text, i + 1) * 16 + hex(text, i + 2)));
        i += 3;
      } else {
        int point = text.codePointAt(i);
        if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
          throw new BadValue("has half of a surrogate pair");
        }
        bytes.put(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(point);
      }
    }
    try {
      return noNul(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      throw new BadValue("has a percent code that is not UTF-8");
    }
  }

  private static String noNul(String text) throws BadValue {
    if (text.indexOf('\0') >= 0) {
      throw new BadValue("has a NUL character");
    }
    return text;
  }

  private static int hex(String text, int at) throws BadValue {
    int digit =
        at < text.length() && text.charAt(at) < 0x80 ? Character.digit(text.charAt(at), 16) : -1;
    if (digit < 0) {
      throw new BadValue(
          "has a % that is not followed by two hexadecimal digits; a plain % is %25");
    }
    return digit;
  }

  /** Encodes all but letters, digits and {@code - . _ ~}. */
  static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append(String.format("%%%02X", b & 0xff));
      }
    }
    return out.toString();
  }
}
