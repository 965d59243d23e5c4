package dev.sluice.pgwire.auth;

import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * Prepares passwords for SCRAM as PostgreSQL does: by SASLprep (RFC 4013), and where SASLprep has
 * no answer, by leaving the bytes as they are. So a password in any encoding, with any character,
 * still works, provided that both sides send the same bytes.
 */
final class SaslPrep {
  private SaslPrep() {}

  /** The prepared password; the given bytes if they are no UTF-8 or SASLprep refuses them. */
  static byte[] prepare(byte[] password) {
    if (isAscii(password)) {
      return password;
    }
    try {
      return prepare(
          password, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password)));
    } catch (CharacterCodingException e) {
      return password; // as PostgreSQL does: bytes in an unknown encoding are taken as they are
    }
  }

  /** PostgreSQL checks the characters before it normalizes them, and so does this. */
  private static byte[] prepare(byte[] password, CharSequence text) {
    int[] mapped = map(text);
    boolean allowed =
        mapped.length > 0
            && Arrays.stream(mapped).noneMatch(SaslPrep::isProhibited)
            && isOneDirection(mapped);
    return allowed ? normalized(mapped) : password;
  }

  private static byte[] normalized(int[] text) {
    return Normalizer.normalize(new String(text, 0, text.length), Normalizer.Form.NFKC)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isAscii(byte[] password) {
    for (byte b : password) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** RFC 4013, section 2.1: spaces become one kind of space, and some characters nothing. */
  private static int[] map(CharSequence text) {
    return text.codePoints()
        .map(c -> isOtherSpace(c) ? ' ' : c)
        .filter(c -> !isMappedToNothing(c))
        .toArray();
  }

  /** Table C.1.2 of RFC 3454. */
  private static boolean isOtherSpace(int c) {
    return c == 0xa0
        || c == 0x1680
        || in(c, 0x2000, 0x200b)
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  /** Table B.1 of RFC 3454. */
  private static boolean isMappedToNothing(int c) {
    return c == 0xad
        || c == 0x34f
        || c == 0x1806
        || in(c, 0x180b, 0x180d)
        || in(c, 0x200b, 0x200d)
        || c == 0x2060
        || in(c, 0xfe00, 0xfe0f)
        || c == 0xfeff;
  }

  /** RFC 4013, sections 2.3 and 2.5. */
  private static boolean isProhibited(int c) {
    return isOtherSpace(c)
        || isControl(c)
        || isNoText(c)
        || changesDisplay(c)
        || c == 0xe0001
        || in(c, 0xe0020, 0xe007f)
        || isUnassigned(c);
  }

  /** Tables C.2.1 and C.2.2 of RFC 3454. */
  private static boolean isControl(int c) {
    return c <= 0x1f
        || in(c, 0x7f, 0x9f)
        || c == 0x6dd
        || c == 0x70f
        || c == 0x180e
        || c == 0x200c
        || c == 0x200d
        || c == 0x2028
        || c == 0x2029
        || in(c, 0x2060, 0x2063)
        || in(c, 0x206a, 0x206f)
        || c == 0xfeff
        || in(c, 0xfff9, 0xfffc)
        || in(c, 0x1d173, 0x1d17a);
  }

  /** Tables C.3 to C.7 of RFC 3454: private use, no characters, surrogates, replacements. */
  private static boolean isNoText(int c) {
    return in(c, 0xd800, 0xf8ff)
        || in(c, 0xf0000, 0x10ffff)
        || in(c, 0xfdd0, 0xfdef)
        || (c & 0xfffe) == 0xfffe
        || in(c, 0xfff9, 0xfffd)
        || in(c, 0x2ff0, 0x2ffb);
  }

  /** Table C.8 of RFC 3454. */
  private static boolean changesDisplay(int c) {
    return c == 0x340
        || c == 0x341
        || c == 0x200e
        || c == 0x200f
        || in(c, 0x202a, 0x202e)
        || in(c, 0x206a, 0x206f);
  }

  /**
   * Table A.1 of RFC 3454: what Unicode 3.2 had not assigned. The JDK has this old table for
   * internationalized domain names, where such characters are refused unless they are allowed.
   */
  private static boolean isUnassigned(int c) {
    return c > 0x7f && !isHostCharacter(c, 0) && isHostCharacter(c, IDN.ALLOW_UNASSIGNED);
  }

  private static boolean isHostCharacter(int c, int flags) {
    try {
      return !IDN.toASCII(Character.toString(c), flags).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** RFC 4013, section 2.4. */
  private static boolean isOneDirection(int[] text) {
    if (Arrays.stream(text).noneMatch(SaslPrep::isRightToLeft)) {
      return true;
    }
    return isRightToLeft(text[0])
        && isRightToLeft(text[text.length - 1])
        && Arrays.stream(text).noneMatch(SaslPrep::isLeftToRight);
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }

  private static boolean isLeftToRight(int c) {
    return Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT;
  }

  private static boolean in(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
