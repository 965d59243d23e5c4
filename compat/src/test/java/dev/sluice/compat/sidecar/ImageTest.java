package dev.sluice.compat.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entry point of the images that docs/sidecar.md shows: by a Containerfile, and by Jib. */
class ImageTest {
  /** What the sidecar needs when it runs, as jars and as folders of a build. */
  private static final Pattern RUNTIME =
      Pattern.compile(
          "(?:.*[/\\\\])?(?:(?:netty|sluice-(?:proxy|pgwire|pool))-[^/\\\\]*\\.jar"
              + "|(?:proxy|pgwire|pool)[/\\\\]target[/\\\\]classes)");

  private static final Pattern ENTRY_POINT = Pattern.compile("(?s)<entrypoint>(.*?)</entrypoint>");
  private static final Pattern WORD = Pattern.compile("<arg>(.*?)</arg>");

  @TempDir private Path folder;

  private static String containerfile() {
    return SidecarPage.block("image");
  }

  @Test
  void theEntryPointRunsOnTheJarsOfTheImage() throws Exception {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (RUNTIME.matcher(entry).matches()) {
        put(Path.of(entry));
      }
    }
    put(SidecarPage.ROOT.resolve("bin/serve.options"));
    List<String> command = entryPoint();
    assertThat(command.remove(0)).isEqualTo("java");
    command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--version");

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("PgBouncer").contains("Sluice");
  }

  @Test
  void theJarsComeFromWhereTheBuildPutsThem() {
    assertThat(containerfile())
        .contains("-DoutputDirectory=target/lib")
        .contains(
            "/src/proxy/target/sluice-proxy-*.jar /src/proxy/target/lib/*.jar "
                + "/src/bin/serve.options /opt/sluice/");
    assertThat(SidecarPage.ROOT.resolve("proxy/pom.xml"))
        .content()
        .contains("<artifactId>sluice-proxy</artifactId>");
  }

  @Test
  void jibMakesTheSameImage() throws Exception {
    String pom = Files.readString(SidecarPage.ROOT.resolve("proxy/pom.xml"));
    Matcher entryPoint = ENTRY_POINT.matcher(pom);
    assertThat(entryPoint.find()).isTrue();
    List<String> words =
        WORD.matcher(entryPoint.group(1)).results().map(word -> word.group(1)).toList();
    List<String> classPath = List.of("-cp", "@/opt/sluice/jib-classpath-file");

    assertThat(words).containsSequence(classPath);
    assertThat(without(words, classPath))
        .isEqualTo(without(words(), List.of("-cp", "/opt/sluice/*")));
    assertThat(containerfile()).contains("USER 65532").contains("EXPOSE 6432 9127");
    assertThat(pom)
        .contains("<user>65532</user>", "<port>6432</port>", "<port>9127</port>")
        .contains("<appRoot>/opt/sluice</appRoot>", "<include>serve.options</include>")
        .contains("docker.io/library/eclipse-temurin:25-jre");
  }

  private static List<String> without(List<String> words, List<String> some) {
    List<String> left = new ArrayList<>(words);
    left.removeAll(some);
    return left;
  }

  private List<String> entryPoint() {
    List<String> words = words();
    words.replaceAll(word -> word.replace("/opt/sluice", folder.toString()));
    return words;
  }

  private static List<String> words() {
    String line =
        containerfile()
            .lines()
            .filter(each -> each.startsWith("ENTRYPOINT "))
            .findFirst()
            .orElseThrow()
            .substring("ENTRYPOINT ".length());
    return new ArrayList<>(List.of(new Gson().fromJson(line, String[].class)));
  }

  /** Puts a jar into the image's folder; makes one of a folder with classes. */
  private void put(Path entry) throws IOException {
    if (!Files.isDirectory(entry)) {
      Files.copy(entry, folder.resolve(entry.getFileName()));
      return;
    }
    Path jar = folder.resolve(entry.getParent().getParent().getFileName() + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out);
        Stream<Path> files = Files.walk(entry)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new JarEntry(entry.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }
}
