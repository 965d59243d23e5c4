package dev.sluice.pgwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Start-up packets, settings and statements, as values. */
class ValuesTest {
  private static ByteBuf startup(int code, String body) {
    ByteBuf packet = Unpooled.buffer();
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return packet.writeInt(8 + bytes.length).writeInt(code).writeBytes(bytes);
  }

  @Test
  void startupPacketsAreReadWhenTheyAreWhole() throws ProtocolException {
    ByteBuf whole = startup(StartupPacket.VERSION_3_0, "user\0u\0database\0d\0\0");
    for (int length = 0; length < whole.readableBytes(); length++) {
      assertThat(StartupPacket.read(whole.copy(0, length))).isNull();
    }

    assertThat(StartupPacket.read(whole))
        .isInstanceOfSatisfying(
            StartupPacket.Login.class,
            login -> {
              assertThat(login.user()).isEqualTo("u");
              assertThat(login.database()).isEqualTo("d");
            });
  }

  @Test
  void theDatabaseIsNamedLikeTheUserByDefault() throws ProtocolException {
    StartupPacket packet = StartupPacket.read(startup(StartupPacket.VERSION_3_0, "user\0u\0\0"));

    assertThat(((StartupPacket.Login) packet).database()).isEqualTo("u");
  }

  @Test
  void startupPacketsThatAreNoneAreRefusedBeforeTheyAreHere() {
    for (int length : List.of(0, 7, 10_001, Integer.MAX_VALUE, -1)) {
      assertThatThrownBy(() -> StartupPacket.read(Unpooled.buffer().writeInt(length)))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining(String.valueOf(length));
    }
  }

  @Test
  void startupPacketsThatBreakOffOrGoOnAreRefused() {
    for (String body :
        List.of("", "user\0", "user\0u", "user\0u\0", "user\0u\0\0x", "\0", "a\0b\0\0")) {
      assertThatThrownBy(() -> StartupPacket.read(startup(StartupPacket.VERSION_3_0, body)), body)
          .isInstanceOf(ProtocolException.class);
    }
    assertThatThrownBy(() -> StartupPacket.read(startup(2 << 16, "user\0u\0\0")))
        .hasMessage("unsupported protocol version 2.0");
    assertThatThrownBy(() -> StartupPacket.read(startup(StartupPacket.SSL_CODE, "x")))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void optionsAreReadAsACommandLine() throws ProtocolException {
    assertThat(StartupOptions.read("-c a=b --search-path=x\\ y  -cc=d"))
        .containsExactly(Map.entry("a", "b"), Map.entry("search_path", "x y"), Map.entry("c", "d"));
    for (String wrong : List.of("-c", "-c a", "-x 1", "--=", "-c=", "a=b")) {
      assertThatThrownBy(() -> StartupOptions.read(wrong), wrong)
          .isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void settingsAreAppliedWhereTheyDifferAndStayValues() {
    TrackedParameters tracked = TrackedParameters.with(List.of("IntervalStyle", "search_path"));
    SessionParameters client = new SessionParameters(tracked);
    SessionParameters server = new SessionParameters(tracked);
    assertThat(client.set("TIMEZONE", "UTC")).isTrue();
    assertThat(client.set("work_mem", "1MB")).isFalse();
    client.set("application_name", "it's \\");
    client.set("search_path", "\"$user\", \"a\"\"b\", public; DROP TABLE x");
    server.set("timezone", "utc");

    assertThat(client.agreesWith(server)).isFalse();
    assertThat(client.toApplyTo(server))
        .isEqualTo(
            "SET application_name= E'it''s \\\\';"
                + "SET search_path='$user','a\"b','public;DROPTABLEx';");
    client.adopt(server);
    assertThat(client.get("TimeZone")).isEqualTo("utc");
  }

  @Test
  void statementsAreSharedAndForgottenWithTheirLastUser() {
    StatementCatalog catalog = new StatementCatalog();
    ClientStatements one = new ClientStatements(catalog);
    ClientStatements other = new ClientStatements(catalog);
    ByteBuf select = Unpooled.copiedBuffer("SELECT 1\0\0\0", StandardCharsets.US_ASCII);
    PreparedText text = catalog.use(select);
    one.put("a", text);
    other.put("b", catalog.use(select));

    assertThat(other.get("b")).isSameAs(text);
    assertThat(catalog.size()).isEqualTo(1);
    one.clear();
    assertThat(catalog.size()).isEqualTo(1);
    assertThat(other.remove("b")).isSameAs(text);
    catalog.release(text);
    assertThat(catalog.size()).isZero();
    assertThat(catalog.use(select).name()).isNotEqualTo(text.name());
  }

  @Test
  void aStatementThatCouldNotBePreparedIsRememberedUntilItsNameMeansAnother() {
    StatementCatalog catalog = new StatementCatalog();
    ClientStatements client = new ClientStatements(catalog);
    PreparedText bad = catalog.use(text("SELECT bad"));
    PreparedText good = catalog.use(text("SELECT good"));
    client.put("a", bad);

    client.failed("a", bad);
    client.failed("a", bad); // twice, as when it was skipped and its undoing is repeated

    assertThat(client.get("a")).isNull();
    assertThat(client.size()).isZero();
    assertThat(client.getOrAttempt("a")).isSameAs(bad);
    client.put("a", good);
    assertThat(client.get("a")).isSameAs(good);
    assertThat(catalog.size()).isEqualTo(1);
    client.failed("a", good);
    client.clear();
    assertThat(catalog.size()).isZero();
  }

  @Test
  void aStatementThatFailsAfterAllWereForgottenChangesNothing() {
    StatementCatalog catalog = new StatementCatalog();
    ClientStatements client = new ClientStatements(catalog);
    PreparedText text = catalog.use(text("SELECT 1"));
    client.put("a", text);
    client.clear(); // DISCARD ALL, in the pipeline before

    client.failed("a", text);
    client.remove("a", text);

    assertThat(client.getOrAttempt("a")).isNull();
    assertThat(catalog.size()).isZero();
  }

  @Test
  void aStatementIsInDoubtUntilAllIsAnswered() {
    StatementCatalog catalog = new StatementCatalog();
    ServerStatements server = new ServerStatements(catalog);
    PreparedText text = catalog.use(text("SELECT 1"));

    assertThat(server.isDoubtful(text)).isFalse();
    server.doubt(text);
    assertThat(server.isDoubtful(text)).isTrue();
    server.settle();
    assertThat(server.isDoubtful(text)).isFalse();
  }

  @Test
  void onlySoManyStatementsThatCouldNotBePreparedAreRemembered() {
    StatementCatalog catalog = new StatementCatalog();
    ClientStatements client = new ClientStatements(catalog);
    int most = ClientStatements.MOST_ATTEMPTS;
    for (int i = 0; i <= most; i++) {
      PreparedText text = catalog.use(text("SELECT bad" + i));
      client.put("s" + i, text);
      client.failed("s" + i, text);
      assertThat(client.getOrAttempt("s0")).isNotNull(); // is in use, and stays
    }

    assertThat(catalog.size()).isEqualTo(most);
    assertThat(client.getOrAttempt("s1")).isNull();
  }

  private static ByteBuf text(String sql) {
    return Unpooled.copiedBuffer(sql + "\0\0\0", StandardCharsets.US_ASCII);
  }

  @Test
  void theServersStatementLongestUnusedIsTheFirstToGo() {
    StatementCatalog catalog = new StatementCatalog();
    ServerStatements server = new ServerStatements(catalog);
    PreparedText[] texts = new PreparedText[3];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = catalog.use(Unpooled.copiedBuffer("SELECT " + i, StandardCharsets.US_ASCII));
      server.add(texts[i]);
    }
    assertThat(server.find(texts[0])).isSameAs(texts[0]);

    assertThat(server.surplus(2)).isSameAs(texts[1]);
    assertThat(server.surplus(3)).isNull();
  }

  @Test
  void errorsOfServersMayLackAnything() throws ProtocolException {
    ByteBuf empty = Unpooled.buffer().writeByte(0);

    assertThat(ErrorFields.read(empty).sqlState()).isEmpty();
    assertThatThrownBy(
            () -> ErrorFields.read(Unpooled.copiedBuffer("Mtext", StandardCharsets.US_ASCII)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void aNameIsNotReplacedInsideALongerOne() {
    ErrorFields error = ErrorFields.of("ERROR", "42P05", "\"P_1\" and \"P_12\"");

    assertThat(error.renamed(Map.of("P_1", "one$")).message()).isEqualTo("\"one$\" and \"P_12\"");
  }

  @Test
  void aVariantOfAStatementIsAnotherOneThatMeansTheSame() {
    StatementCatalog catalog = new StatementCatalog();
    PreparedText sql = catalog.use(" AS SELECT 1");
    ByteBuf parse = Unpooled.copiedBuffer("SELECT 1\0\0\0", StandardCharsets.ISO_8859_1);
    PreparedText protocol = catalog.use(parse);

    PreparedText other = catalog.useVariant(sql);
    ByteBuf out = Unpooled.buffer();
    catalog.useVariant(protocol).writeParse(out);

    assertThat(other.name()).isNotEqualTo(sql.name());
    assertThat(other.prepareCommand()).endsWith(" AS SELECT 1 ");
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).endsWith("SELECT 1 \0\0\0");
  }
}
