package dev.sluice.pgwire.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Passwords on which preparations differ. For tests. */
final class Passwords {
  /** Starts of ranges that SASLprep treats specially, and characters that normalize. */
  private static final int[] ODD = {
    0xa0, 0xad, 0xaa, 0xbd, 0x2168, 0xfb01, 0x1e9b, 0x323, 0x41, 0x30a, 0x212b, 0x1680, 0x2000,
    0x200b, 0x200c, 0x200e, 0x202f, 0x205f, 0x3000, 0x34f, 0x1806, 0x180b, 0x2060, 0xfe00, 0xfeff,
    0x7f, 0x80, 0x6dd, 0x70f, 0x180e, 0x2028, 0x206a, 0xfff9, 0x1d173, 0xe000, 0xf8ff, 0xf0000,
    0xfdd0, 0xfffd, 0x2ff0, 0x340, 0x341, 0x202a, 0xe0001, 0xe0020, 0x627, 0x5d0, 0x6f1, 0x61, 0x31,
    0x1f600, 0x1e9e, 0x221, 0x234, 0x2c7f, 0xa7f8, 0x1f100, 0xac00, 0x1100, 0x1161, 0x3131, 0xff21,
    0xf900, 0x2f800, 0x1d400, 0x5bf, 0x591, 0x378, 0x9ff0, 0x20000, 0x2a6d7
  };

  private Passwords() {}

  static List<String> odd(Random random, int number) {
    List<String> passwords = new ArrayList<>();
    for (int c : ODD) {
      passwords.add("a" + Character.toString(c));
      passwords.add(Character.toString(c));
    }
    // The exchange of RFC 4013, section 3.
    passwords.addAll(List.of("I\u00adX", "user", "\u00aa", "\u2168", "\u06271", "\u06271\u0628"));
    while (passwords.size() < number) {
      passwords.add(random(random));
    }
    return passwords;
  }

  private static String random(Random random) {
    StringBuilder password = new StringBuilder();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      password.appendCodePoint(codePoint(random));
    }
    return password.toString();
  }

  private static int codePoint(Random random) {
    int c =
        switch (random.nextInt(3)) {
          case 0 -> ODD[random.nextInt(ODD.length)];
          case 1 -> random.nextInt(0x3100);
          default -> random.nextInt(0x30000);
        };
    boolean sendable = c > 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    return sendable ? c : 'x';
  }

  static String shown(String password) {
    return password.codePoints().mapToObj(Integer::toHexString).collect(Collectors.joining(" "));
  }
}
