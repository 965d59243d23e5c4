package dev.sluice.proxy.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Wraps private keys of OpenSSL's older formats (PKCS#1 and SEC 1) in PKCS#8, the only format that
 * the JDK reads.
 */
final class Der {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  /** The first field of an EC key in SEC 1 that names its curve. */
  private static final int CURVE = 0xa0;

  private static final byte[] VERSION = {2, 1, 0};
  private static final byte[] RSA = {
    6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private Der() {}

  static byte[] rsaKey(byte[] pkcs1) {
    return pkcs8(RSA, pkcs1);
  }

  /** Throws IllegalArgumentException if the key does not name its curve. */
  static byte[] ecKey(byte[] sec1) {
    return pkcs8(join(EC, curve(sec1)), sec1);
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return tagged(SEQUENCE, join(VERSION, tagged(SEQUENCE, algorithm), tagged(OCTETS, key)));
  }

  private static byte[] curve(byte[] sec1) {
    int at = contentAt(sec1, 0);
    while (at < sec1.length) {
      int content = contentAt(sec1, at);
      int length = lengthAt(sec1, at);
      if (length < 0 || length > sec1.length - content) {
        break;
      }
      if ((sec1[at] & 0xff) == CURVE) {
        return Arrays.copyOfRange(sec1, content, content + length);
      }
      at = content + length;
    }
    throw new IllegalArgumentException("no curve");
  }

  /** Where the content of the element at this place begins. */
  private static int contentAt(byte[] der, int at) {
    int first = byteAt(der, at + 1);
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int lengthAt(byte[] der, int at) {
    int first = byteAt(der, at + 1);
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < Math.min(first & 0x7f, 4); i++) {
      length = length << 8 | byteAt(der, at + 2 + i);
    }
    return length;
  }

  private static int byteAt(byte[] der, int at) {
    if (at >= der.length) {
      throw new IllegalArgumentException("cut off");
    }
    return der[at] & 0xff;
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    writeLength(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** In as few bytes as possible: JDK 17 refuses any other form. */
  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
      return;
    }
    int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
    out.write(0x80 | bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      out.write(length >> (8 * i));
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
