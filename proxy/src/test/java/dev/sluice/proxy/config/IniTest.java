package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.Configs.problems;
import static dev.sluice.proxy.config.Configs.problemsOf;
import static dev.sluice.proxy.config.Configs.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax of ini files. */
class IniTest {
  @TempDir Path folder;

  @Test
  void blanksAroundEverythingAreIgnored() throws ConfigException {
    ProxyConfig config = Configs.of("  [pgbouncer]  ", "\tlisten_port\t =  7000 \t", "", "   ");

    assertThat(config.settings().listenPort()).isEqualTo(7000);
  }

  @Test
  void linesMayEndAsOnWindows() throws ConfigException {
    ProxyConfig config =
        Configs.of("[pgbouncer]\r", "; a comment\r", "\r", "pool_mode = transaction\r");

    assertThat(config.settings().poolMode()).isEqualTo(PoolMode.TRANSACTION);
  }

  @Test
  void aCommentStartsALineAndNothingElse() throws ConfigException {
    ProxyConfig config =
        Configs.of(
            "; one",
            "# another",
            "  ; an indented one",
            "[pgbouncer]",
            "login_notify_message = a ; b # c",
            "server_check_query = select 1 -- = ?");

    assertThat(config.settings().loginNotifyMessage()).contains("a ; b # c");
    assertThat(config.settings().serverCheckQuery()).contains("select 1 -- = ?");
  }

  @Test
  void anEntryMayFollowItsSectionOnOneLine() throws ConfigException {
    ProxyConfig config = Configs.of("[pgbouncer] ; the main section", "[databases] a = port=1");

    assertThat(config.database("a").orElseThrow().port()).isEqualTo(1);
  }

  @Test
  void sectionsComeInAnyOrderAndMayBeSplit() throws ConfigException {
    ProxyConfig config =
        Configs.of("[users]", "u =", "[databases]", "a =", "[pgbouncer]", "[databases]", "b =");

    assertThat(config.databases()).containsOnlyKeys("a", "b");
    assertThat(config.users()).containsOnlyKeys("u");
  }

  @Test
  void quotesHoldNamesWithOtherCharacters() throws ConfigException {
    ProxyConfig config =
        Configs.of(
            "[pgbouncer]",
            "[databases]",
            "'my db' =",
            "\"say \"\"hi\"\"\" =",
            "a.b-c_1 = ",
            "'*' =");

    assertThat(config.databases()).containsOnlyKeys("my db", "say \"hi\"", "a.b-c_1");
    assertThat(config.fallback()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pool_mode",
        "pool_mode session",
        "pool mode = session",
        "= session",
        "'' = session",
        "'pool_mode = session",
        "\"pool_mode\"\" = session",
        "größe = 1",
      })
  void aLineThatIsNoEntryIsAProblemWithItsPlace(String line) {
    assertThat(problems("[pgbouncer]", "", line))
        .singleElement()
        .asString()
        .startsWith("pgbouncer.ini:3: not a line of the form key = value;");
  }

  @Test
  void onlyIncludesStartWithAPercentSign() {
    assertThat(problems("[pgbouncer]", "%if x", "%includefoo", "%include"))
        .containsExactly(
            "pgbouncer.ini:2: only %include FILE may start with %",
            "pgbouncer.ini:3: only %include FILE may start with %",
            "pgbouncer.ini:4: only %include FILE may start with %");
  }

  @Test
  void allProblemsOfAllFilesAreReportedTogether() {
    write(folder, "more.ini", "verbos = 1", "[database]");
    write(
        folder,
        "pgbouncer.ini",
        "pool_mode = session",
        "[pgbouncer]",
        "pool_mod = session",
        "query_timeout = 5s",
        "%include more.ini",
        "a = port=x",
        "[databases]",
        "b = prot=1");

    assertThat(problemsOf(folder))
        .containsExactly(
            "pgbouncer.ini:1: \"pool_mode\" stands before the first section",
            "pgbouncer.ini:3: unknown setting \"pool_mod\"; did you mean pool_mode?",
            "pgbouncer.ini:4: query_timeout = \"5s\" must be seconds as a number, such as 5 or 0.5,"
                + " without a unit; 0 is off",
            "more.ini:1: unknown setting \"verbos\"; did you mean verbose?",
            "more.ini:2: unknown section [database]; did you mean databases?",
            "pgbouncer.ini:8: unknown key \"prot\" in [databases]; did you mean port?");
  }

  @Test
  void aSectionWithoutItsBracketIsAProblem() {
    assertThat(problems("[pgbouncer"))
        .containsExactly("pgbouncer.ini:1: the section has no ]; write it as [name]");
  }

  @Test
  void theMainSectionIsRequired() {
    assertThat(problems("[databases]", "a ="))
        .containsExactly("pgbouncer.ini: the section [pgbouncer] is missing; add it");
  }

  @Test
  void namesOfSectionsAndKeysAreInLowerCase() {
    assertThat(problems("[PgBouncer]", "[pgbouncer]", "POOL_MODE = session"))
        .containsExactly(
            "pgbouncer.ini:1: unknown section [PgBouncer]; did you mean pgbouncer?",
            "pgbouncer.ini:3: unknown setting \"POOL_MODE\"; did you mean pool_mode?");
  }

  @Test
  void theLastOfTwoValuesCountsWithAWarning() throws ConfigException {
    ProxyConfig config = Configs.of("[pgbouncer]", "verbose = 1", "verbose = 2");

    assertThat(config.settings().verbose()).isEqualTo(2);
    assertThat(config.warnings())
        .contains(
            "pgbouncer.ini:3: verbose is already set at pgbouncer.ini:2; the last line counts");
  }

  @Test
  void aSecondMainSectionResetsTheFirstWithAWarning() throws ConfigException {
    ProxyConfig config =
        Configs.of(
            "[pgbouncer]", "max_client_conn = 7", "auth_user = a", "[pgbouncer]", "verbose = 1");

    assertThat(config.settings().maxClientConn()).isEqualTo(100);
    assertThat(config.settings().authUser()).as("has no default to go back to").contains("a");
    assertThat(config.warnings())
        .contains(
            "pgbouncer.ini:4: a second section [pgbouncer] sets these back to their defaults, as in"
                + " PgBouncer: max_client_conn; merge the sections");
  }

  @Test
  void includesContinueTheirSectionAndGiveItBack() throws ConfigException {
    write(folder, "more/pool.ini", "default_pool_size = 3", "[databases]", "a =");
    write(folder, "pgbouncer.ini", "[pgbouncer]", "%include  more/pool.ini ", "b =");

    ProxyConfig config = Configs.load(folder);

    assertThat(config.settings().defaultPoolSize()).isEqualTo(3);
    assertThat(config.databases()).containsOnlyKeys("a", "b");
  }

  @Test
  void includesAreRelativeToTheWorkingDirectoryAndNotToTheFile() {
    write(folder, "more/a.ini", "%include b.ini");
    write(folder, "more/b.ini", "verbose = 1");
    write(folder, "pgbouncer.ini", "[pgbouncer]", "%include more/a.ini");

    assertThat(problemsOf(folder))
        .containsExactly(
            "more/a.ini:1: the file \"b.ini\" does not exist; relative names start at " + folder);
  }

  @Test
  void includesMayBeTenDeepAndNotDeeper() throws ConfigException {
    IntStream.rangeClosed(1, 10)
        .forEach(
            i ->
                write(
                    folder, i + ".ini", i == 10 ? "verbose = 3" : "%include " + (i + 1) + ".ini"));
    write(folder, "pgbouncer.ini", "[pgbouncer]", "%include 1.ini");

    assertThat(Configs.load(folder).settings().verbose()).isEqualTo(3);

    write(folder, "10.ini", "%include 1.ini");

    assertThat(problemsOf(folder))
        .containsExactly(
            "10.ini:1: %include is nested more than 10 deep; does a file include itself?");
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    assertThat(problemsOf(folder))
        .containsExactly(
            "pgbouncer.ini: the file \"pgbouncer.ini\" does not exist; relative names start at "
                + folder);
  }

  @Test
  void aFileThatIsNotTextIsRefused() throws IOException {
    Files.write(
        folder.resolve("pgbouncer.ini"),
        "[pgbouncer]\n# gr\u00fcn".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(problemsOf(folder))
        .singleElement()
        .asString()
        .endsWith("is not UTF-8 text; save it as UTF-8");
  }

  @Test
  void aFolderIsNoFile() throws IOException {
    Files.createDirectory(folder.resolve("pgbouncer.ini"));

    assertThat(problemsOf(folder))
        .singleElement()
        .asString()
        .contains("the file \"pgbouncer.ini\" ");
  }
}
