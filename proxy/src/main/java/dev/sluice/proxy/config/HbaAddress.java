package dev.sluice.proxy.config;

import io.netty.util.NetUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The addresses that a rule is for. */
final class HbaAddress {
  /** Every address. */
  static final HbaAddress ALL = new HbaAddress(new byte[0], new byte[0]);

  private final byte[] address;
  private final byte[] mask;

  private HbaAddress(byte[] address, byte[] mask) {
    this.address = address;
    this.mask = mask;
  }

  /** Reads {@code address/bits}; null if it is none. */
  static @Nullable HbaAddress ofBits(String address, String bits) {
    byte[] bytes = bytes(address);
    if (bytes == null || bits.isEmpty() || bits.length() > 3) {
      return null;
    }
    if (!bits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    int count = Integer.parseInt(bits);
    return count > bytes.length * 8 ? null : new HbaAddress(bytes, mask(bytes.length, count));
  }

  /** Reads an address and a mask of the same family; null if they are none. */
  static @Nullable HbaAddress ofMask(String address, String mask) {
    byte[] bytes = bytes(address);
    byte[] maskBytes = bytes(mask);
    return bytes == null || maskBytes == null || bytes.length != maskBytes.length
        ? null
        : new HbaAddress(bytes, maskBytes);
  }

  private static byte @Nullable [] bytes(String address) {
    return address.indexOf('%') >= 0 || address.indexOf('[') >= 0
        ? null
        : NetUtil.createByteArrayFromIpAddressString(address);
  }

  private static byte[] mask(int length, int bits) {
    byte[] mask = new byte[length];
    for (int i = 0; i < bits; i++) {
      mask[i / 8] |= (byte) (0x80 >> i % 8);
    }
    return mask;
  }

  /** Returns whether the address has bits that the mask cuts off: then no client matches. */
  boolean neverMatches() {
    for (int i = 0; i < address.length; i++) {
      if ((address[i] & ~mask[i]) != 0) {
        return true;
      }
    }
    return false;
  }

  boolean matches(byte[] client) {
    if (this == ALL) {
      return true;
    }
    if (client.length != address.length) {
      return false;
    }
    byte[] network = client.clone();
    for (int i = 0; i < network.length; i++) {
      network[i] &= mask[i];
    }
    return Arrays.equals(network, address);
  }
}
