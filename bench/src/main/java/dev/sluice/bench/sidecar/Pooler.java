package dev.sluice.bench.sidecar;

import dev.sluice.bench.Folders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A pooler that runs as a process of its own, with the same settings as its peer. */
final class Pooler implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int END_SECONDS = 10;

  private final Path folder;
  private final Process process;
  private final Door door;

  private Pooler(Path folder, Process process, Door door) {
    this.folder = folder;
    this.process = process;
    this.door = door;
  }

  /** Starts one, and waits until it listens. */
  static Pooler start(PoolerProgram program, Backend backend, int servers) throws IOException {
    Path folder = Files.createTempDirectory("sluice-bench-pooler");
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    int port = freePort();
    Path ini = folder.resolve("pgbouncer.ini");
    Files.writeString(ini, settings(backend, port, servers));
    Process process =
        new ProcessBuilder(withManyFiles(program.command(ini)))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile())
            .start();
    Pooler pooler = new Pooler(folder, process, new Door(program.title(), port, process.pid()));
    pooler.awaitListening();
    return pooler;
  }

  /** What both get; all else is the default. */
  private static String settings(Backend backend, int port, int servers) {
    return String.join(
        "\n",
        "[databases]",
        "* = host=127.0.0.1 port=%d user=%s password=%s"
            .formatted(backend.port(), backend.user(), backend.password()),
        "[pgbouncer]",
        "listen_addr = " + Door.HOST,
        "listen_port = " + port,
        "unix_socket_dir =",
        "auth_type = any",
        "pool_mode = transaction",
        "default_pool_size = " + servers,
        "max_client_conn = 20000",
        "log_connections = 0",
        "log_disconnections = 0",
        "");
  }

  /** Idle clients need more open files than a shell allows. */
  private static List<String> withManyFiles(List<String> command) {
    String raise = "ulimit -n \"$(ulimit -Hn)\"; exec \"$@\"";
    List<String> all = new ArrayList<>(List.of("sh", "-c", raise, "sh"));
    all.addAll(command);
    return all;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening() throws IOException {
    long end = System.nanoTime() + PATIENCE;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()));
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          String said = Files.readString(folder.resolve("output.txt"));
          close();
          throw new IOException(door.title() + " does not listen: " + said, e);
        }
        LockSupport.parkNanos(LOOK);
      }
    }
  }

  Door door() {
    return door;
  }

  /** Lets it give memory back that it could use again, where it can be asked to. */
  void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (PoolerProgram.isSluice(door.title()) && Files.isExecutable(jcmd)) {
      Process collection =
          new ProcessBuilder(jcmd.toString(), Long.toString(door.pid()), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      collection.waitFor();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Folders.delete(folder);
  }
}
