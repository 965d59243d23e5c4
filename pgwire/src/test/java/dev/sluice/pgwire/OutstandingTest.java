package dev.sluice.pgwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conversations, written as what the client sends and what the server answers. */
class OutstandingTest {
  private final Outstanding outstanding = new Outstanding();
  private final List<String> undone = new ArrayList<>();

  /** The client's messages, by their types. */
  private void sent(String types) {
    for (int i = 0; i < types.length(); i++) {
      outstanding.relayed((byte) types.charAt(i));
    }
  }

  /** The server's messages: what the client sees of them. Z is followed by the status. */
  private String answered(String types) throws ProtocolException {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < types.length(); i++) {
      char type = types.charAt(i);
      boolean ready = type == 'Z';
      boolean passes =
          ready
              ? outstanding.ready(TransactionStatus.of((byte) types.charAt(++i)))
              : outstanding.answered((byte) type);
      if (passes) {
        shown.append(type);
      }
      for (byte local = outstanding.nextLocal(); local != 0; local = outstanding.nextLocal()) {
        shown.append('(').append((char) local).append(')');
      }
    }
    return shown.toString();
  }

  @Test
  void aSimpleQueryIsIdleAfterReadyForQuery() throws ProtocolException {
    sent("Q");
    assertThat(outstanding.isIdle()).isFalse();
    assertThat(answered("TDDC")).isEqualTo("TDDC");
    assertThat(outstanding.isIdle()).isFalse();

    assertThat(answered("ZI")).isEqualTo("Z");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void readyForQueryIsAwaitedUntilTheLastBatchIsAnswered() throws ProtocolException {
    sent("PBE");
    assertThat(outstanding.awaitsReady()).isFalse();

    sent("SPBE");
    assertThat(outstanding.awaitsReady()).isTrue();

    answered("12CZI");
    assertThat(outstanding.awaitsReady()).isFalse();
  }

  @Test
  void severalStatementsInOneQueryAreOneRequest() throws ProtocolException {
    sent("Q");

    assertThat(answered("TDCCTDCIZI")).isEqualTo("TDCCTDCIZ");
    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void aTransactionIsNotIdleUntilItsEnd() throws ProtocolException {
    sent("Q");
    answered("CZT");
    assertThat(outstanding.isIdle()).isFalse();
    assertThat(outstanding.isAnswered()).isTrue();
    sent("Q");
    answered("EZE");
    assertThat(outstanding.isIdle()).isFalse();
    sent("Q");
    answered("CZI");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void extendedMessagesWithoutSyncKeepTheServer() throws ProtocolException {
    sent("PBDE");
    assertThat(answered("12TDC")).isEqualTo("12TDC");
    assertThat(outstanding.isIdle()).isFalse();

    sent("S");
    answered("ZI");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void pipelinesAreAnsweredInTheirOrder() throws ProtocolException {
    sent("PBESPBESQ");

    assertThat(answered("12CZI")).isEqualTo("12CZ");
    assertThat(outstanding.isIdle()).isFalse();
    answered("12sZI");
    assertThat(outstanding.isIdle()).isFalse();
    answered("CZI");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void afterAnErrorAllUpToTheNextSyncIsSkipped() throws ProtocolException {
    sent("PBDEPBDESQ");

    assertThat(answered("1EZI")).isEqualTo("1EZ");
    assertThat(outstanding.isIdle()).isFalse();
    answered("CZI");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void aQueryAfterAnErrorIsSkippedTooAsPostgresDoes() throws ProtocolException {
    sent("PBEQS");

    answered("1EZI");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void anErrorOfASimpleQuerySkipsNothing() throws ProtocolException {
    sent("QQ");
    answered("EZI");
    assertThat(outstanding.size()).isEqualTo(1);
    answered("CZI");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void whatWasSkippedOrRefusedIsUndoneAndNothingElse() throws ProtocolException {
    outstanding.relayed((byte) 'P', () -> undone.add("done"));
    outstanding.relayed((byte) 'P', () -> undone.add("refused"));
    outstanding.relayed((byte) 'P', () -> undone.add("skipped"));
    sent("S");
    outstanding.relayed((byte) 'P', () -> undone.add("next batch"));
    sent("S");

    answered("1EZI");
    answered("1ZI");

    assertThat(undone).containsExactly("skipped", "refused");
  }

  @Test
  void hiddenRequestsHideTheirAnswersButNotTheirErrors() throws ProtocolException {
    outstanding.hidden((byte) 'P', () -> undone.add("hidden"));
    sent("BES");
    assertThat(answered("12CZI")).isEqualTo("2CZ");
    outstanding.hidden((byte) 'P', () -> undone.add("hidden"));
    sent("BES");

    assertThat(answered("EZI")).isEqualTo("EZ");
    assertThat(undone).containsExactly("hidden");
  }

  @Test
  void answersOfOursComeInTheirTurn() throws ProtocolException {
    sent("P");
    outstanding.local((byte) '1', () -> undone.add("local"));
    outstanding.local((byte) '3', () -> undone.add("local"));
    assertThat(outstanding.nextLocal()).isZero();
    sent("BES");

    assertThat(answered("12CZI")).isEqualTo("1(1)(3)2CZ");
    assertThat(undone).isEmpty();
  }

  @Test
  void answersOfOursAreDueAtOnceIfNothingIsOutstanding() {
    outstanding.local((byte) '1', () -> undone.add("local"));

    assertThat(outstanding.nextLocal()).isEqualTo((byte) '1');
    assertThat(outstanding.nextLocal()).isZero();
  }

  @Test
  void answersOfOursAreSkippedAfterAnErrorAsTheServersAre() throws ProtocolException {
    sent("P");
    outstanding.local((byte) '1', () -> undone.add("local"));
    sent("S");

    assertThat(answered("EZI")).isEqualTo("EZ");
    assertThat(undone).containsExactly("local");
  }

  @Test
  void thePoolersOwnQueryIsSeenByNobody() throws ProtocolException {
    outstanding.own();

    assertThat(answered("SCSCZI")).isEmpty();
    assertThat(outstanding.ownFailed()).isFalse();
    outstanding.own();
    assertThat(answered("EZI")).isEmpty();
    assertThat(outstanding.ownFailed()).isTrue();
  }

  @Test
  void rowsOfACopyEndWithCopyDone() throws ProtocolException {
    sent("Q");
    answered("G");
    assertThat(outstanding.isCopyIn()).isTrue();
    sent("ddc");

    assertThat(answered("CZI")).isEqualTo("CZ");
    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void syncsAmongTheRowsOfACopyAreIgnored() throws ProtocolException {
    sent("PBES"); // libpq does not know yet that this is a COPY
    answered("12G");
    sent("ddcS");

    assertThat(answered("CZI")).isEqualTo("CZ");
    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void aCopyThatFailsBeforeItsEndWaitsForTheSyncBehindIt() throws ProtocolException {
    sent("PBES");
    answered("12G");
    sent("d");
    assertThat(answered("E")).isEqualTo("E");
    assertThat(outstanding.isIdle()).isFalse();
    sent("dcS");

    assertThat(answered("ZI")).isEqualTo("Z");
    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void requestsBehindACopyThatNobodyEndedAreSkippedUpToTheirOwnSync() throws ProtocolException {
    sent("PBESPBES"); // the second Parse is no row, and fails the COPY
    answered("12G");

    assertThat(answered("EZI")).isEqualTo("EZ");
    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void aSimpleCopyThatFailsEarlyIsIdleAlthoughRowsStillCome() throws ProtocolException {
    sent("Q");
    answered("G");
    sent("d");
    assertThat(answered("EZI")).isEqualTo("EZ");
    sent("dc");

    assertThat(outstanding.isIdle()).isTrue();
  }

  @Test
  void noticesAndSettingsMayComeAtAnyTime() throws ProtocolException {
    assertThat(answered("NAS")).isEqualTo("NAS");
    sent("Q");

    assertThat(answered("NCSAZI")).isEqualTo("NCSAZ");
  }

  @Test
  void anAnswerThatCannotBeOneIsRefused() {
    assertThatThrownBy(() -> answered("ZI"))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("nothing was expected");
    assertThatThrownBy(() -> answered("D")).isInstanceOf(ProtocolException.class);
    sent("P");
    assertThatThrownBy(() -> answered("2"))
        .hasMessage("the server sent '2' where an answer to 'P' was expected");
    assertThatThrownBy(() -> answered("ZI")).isInstanceOf(ProtocolException.class);
  }

  @Test
  void longPipelinesGrowTheRing() throws ProtocolException {
    for (int round = 0; round < 3; round++) {
      sent("PBES".repeat(500));
      answered("12CZI".repeat(500));
    }

    assertThat(outstanding.isIdle()).isTrue();
  }
}
