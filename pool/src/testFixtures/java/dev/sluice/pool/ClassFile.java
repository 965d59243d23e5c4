package dev.sluice.pool;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads compiled classes, for tests of which class uses which. */
public final class ClassFile {
  private ClassFile() {}

  /** The texts among the class's constants: every name and type that it mentions is one of them. */
  public static List<String> texts(byte[] classFile) throws IOException {
    List<String> texts = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile))) {
      in.readInt(); // the magic number, then the version
      in.readInt();
      int count = in.readUnsignedShort();
      for (int i = 1; i < count; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> texts.add(in.readUTF());
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.readInt();
          case 5, 6 -> {
            in.readLong();
            i++; // such a constant takes two places
          }
          case 7, 8, 16, 19, 20 -> in.readShort();
          case 15 -> {
            in.readByte();
            in.readShort();
          }
          default -> throw new IOException("an unknown kind of constant, " + tag);
        }
      }
    }
    return texts;
  }
}
