package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.HostStatus.State;
import dev.sluice.jdbc.WriteMark.Need;
import dev.sluice.testkit.FakeDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a session has written decides which hosts may serve its reads. */
class WriteMarkTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 100 * SECOND;

  private static ReadRules rules(ReadYourWrites how) {
    try (FakeDatabase db = FakeDatabase.create()) {
      return new ReadRules(
          RoutingDataSource.builder()
              .primary(Sluice.dataSource(db.url()))
              .readYourWrites(how)
              .toConfig());
    }
  }

  private static HostView replica(long position, long covered) {
    HostView unknown = HostView.initial(0);
    Observation seen = new Observation(false, 0, position, Observation.UNKNOWN, 1);
    return unknown.replica(State.REPLICA, "", seen, new Lag(true, covered, 0, 0), 1, 2);
  }

  @Test
  void freshSessionNeedsNothing() {
    Need need = new WriteMark().need();

    assertThat(rules(ReadYourWrites.DEFAULT).whyNot(replica(5, 0), need, NOW)).isNull();
    assertThat(ReadRules.mustBeAsked(replica(5, 0), need)).isFalse();
  }

  @Test
  void openWriterSendsReadsToThePrimary() {
    WriteMark mark = new WriteMark();
    mark.begin();
    assertThat(mark.need().primaryOnly()).isTrue();

    mark.settle(7);

    assertThat(mark.need()).isEqualTo(new Need(false, 7, null));
  }

  @Test
  void replicaThatIsNotKnownToBeFarEnoughIsAsked() {
    WriteMark mark = new WriteMark();
    mark.begin();
    mark.settle(7);

    assertThat(ReadRules.mustBeAsked(replica(6, 0), mark.need())).isTrue();
    assertThat(ReadRules.mustBeAsked(replica(7, 0), mark.need())).isFalse();
  }

  @Test
  void writeOfUnknownPositionNeedsAReplicaThatIsProvenToHaveIt() {
    WriteMark mark = new WriteMark();
    mark.begin();
    mark.settleUnproven(NOW);
    ReadRules rules = rules(ReadYourWrites.DEFAULT);

    assertThat(rules.whyNot(replica(9, NOW - 1), mark.need(), NOW + SECOND))
        .contains("1000 ms ago");
    assertThat(rules.whyNot(replica(9, NOW), mark.need(), NOW + SECOND)).isNull();
  }

  @Test
  void withinTheWindowThePrimaryServesAndAfterItAProvenReplica() {
    WriteMark mark = new WriteMark();
    mark.begin();
    mark.settleUnproven(NOW);
    ReadRules rules = rules(ReadYourWrites.byWindow(Duration.ofSeconds(2)));

    assertThat(rules.whyNot(replica(9, NOW), mark.need(), NOW + SECOND)).isNotNull();
    assertThat(rules.whyNot(replica(9, NOW), mark.need(), NOW + 2 * SECOND)).isNull();
    assertThat(rules.whyNot(replica(9, NOW - 1), mark.need(), NOW + 2 * SECOND)).isNotNull();
  }

  @Test
  void notesOnlyGrow() {
    WriteMark mark = new WriteMark();
    mark.begin();
    mark.begin();
    mark.begin();
    mark.begin();
    mark.settle(9);
    mark.settle(7);
    mark.settleUnproven(NOW);
    mark.settleUnproven(NOW - 1);

    assertThat(mark.need()).isEqualTo(new Need(false, 9, NOW));
  }
}
