package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Keeps the coordinates that the documents name equal to those of the build. */
class CoordinatesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern MAVEN =
      Pattern.compile(
          "<groupId>(dev\\.sluice)</groupId>\\s*<artifactId>([^<]*)</artifactId>\\s*"
              + "<version>([^<]*)</version>");
  private static final Pattern GRADLE =
      Pattern.compile("\"(dev\\.sluice[^:\"]*):([^:\"]*):([^\"]*)\"");
  private static final Pattern INSTALL = Pattern.compile("mvn [^`\n]*-pl (\\S+) [^`\n]*install");

  /** A module that the build publishes, or could. */
  private record Coordinates(String group, String artifact, String version) {}

  @Test
  void readmeNamesThemForMavenAndForGradle() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Coordinates jdbc = published("jdbc");

    assertThat(named(MAVEN, readme)).containsExactly(jdbc);
    assertThat(named(GRADLE, readme)).containsExactly(jdbc);
  }

  @Test
  void allThatAnyPageNamesExist() throws Exception {
    Set<Coordinates> known =
        Set.of(
            published("jdbc"),
            published("pool"),
            published("spring-boot-3-starter"),
            published("spring-boot-4-starter"));
    for (Path page : pages()) {
      String text = Files.readString(page);

      assertThat(named(MAVEN, text)).as("%s", page).isSubsetOf(known);
      assertThat(named(GRADLE, text)).as("%s", page).isSubsetOf(known);
    }
  }

  @Test
  void commandThatInstallsNamesAModuleOfTheBuild() throws Exception {
    Matcher command = INSTALL.matcher(Files.readString(ROOT.resolve("README.md")));

    assertThat(command.find()).isTrue();
    assertThat(modules()).contains(command.group(1));
  }

  @Test
  void billOfMaterialsHasEveryPublishedModule() throws Exception {
    Set<Coordinates> published = new HashSet<>();
    for (String module : modules()) {
      if (!module.equals("bom") && isDeployed(module)) {
        published.add(published(module));
      }
    }

    String bill = Files.readString(ROOT.resolve("bom/pom.xml"));
    String managed =
        bill.substring(bill.indexOf("<dependencyManagement>"))
            .replace("${project.version}", published("bom").version());
    assertThat(named(MAVEN, managed)).contains(published("jdbc")).isEqualTo(published);
  }

  private static List<String> modules() throws Exception {
    return children(root("pom.xml"), "modules").stream()
        .flatMap(list -> texts(list, "module"))
        .toList();
  }

  private static boolean isDeployed(String module) throws Exception {
    return children(root(module + "/pom.xml"), "properties").stream()
        .flatMap(properties -> texts(properties, "maven.deploy.skip"))
        .noneMatch(Boolean::parseBoolean);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return docs.filter(page -> page.toString().endsWith(".md")).toList();
    }
  }

  private static Set<Coordinates> named(Pattern pattern, String text) {
    Set<Coordinates> found = new HashSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(new Coordinates(matcher.group(1), matcher.group(2), matcher.group(3)));
    }
    return found;
  }

  private static Coordinates published(String module) throws Exception {
    Element pom = root(module + "/pom.xml");
    Element parent = children(pom, "parent").get(0);
    assertThat(text(root("pom.xml"), "version"))
        .as("the version that %s inherits", module)
        .isEqualTo(text(parent, "version"));
    return new Coordinates(
        text(parent, "groupId"), text(pom, "artifactId"), text(parent, "version"));
  }

  private static Element root(String pom)
      throws ParserConfigurationException, IOException, SAXException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(pom).toFile())
        .getDocumentElement();
  }

  private static String text(Element parent, String name) {
    return texts(parent, name).findFirst().orElseThrow();
  }

  private static Stream<String> texts(Element parent, String name) {
    return children(parent, name).stream().map(Element::getTextContent);
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }
}
