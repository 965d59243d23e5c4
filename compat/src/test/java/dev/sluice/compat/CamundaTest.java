package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.util.Map;
import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.junit.jupiter.api.Test;

/** Camunda 7, with its processes in the database. */
class CamundaTest extends FrameworkTest {
  /** The work of a step. */
  public static final class Ship implements JavaDelegate {
    @Override
    public void execute(DelegateExecution execution) {
      execution.setVariable("shipped", true);
    }
  }

  static ProcessEngine engine(DataSource dataSource) {
    // tag::camunda[]
    ProcessEngineConfiguration configuration =
        new StandaloneProcessEngineConfiguration()
            .setDataSource(dataSource) // the application's pool, which the application closes
            .setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE)
            .setJobExecutorActivate(true);
    ProcessEngine engine = configuration.buildProcessEngine();
    // end::camunda[]
    return engine;
  }

  /** A step that an executor of jobs runs, in a transaction of its own. */
  private static BpmnModelInstance order() {
    return Bpmn.createExecutableProcess("order")
        .camundaHistoryTimeToLive(1)
        .startEvent()
        .camundaAsyncAfter()
        .serviceTask()
        .camundaClass(Ship.class)
        .endEvent()
        .done();
  }

  @Test
  void processesAreKeptInTheDatabaseAndRun() {
    SluiceDataSource dataSource = pool(builder -> builder.minSize(2).maxSize(6));
    ProcessEngine engine = engine(dataSource);
    try {
      engine.getRepositoryService().createDeployment().addModelInstance("a.bpmn", order()).deploy();

      String id =
          engine
              .getRuntimeService()
              .startProcessInstanceByKey("order", Map.of("number", 1))
              .getId();

      Eventually.await(
          () ->
              engine
                      .getHistoryService()
                      .createHistoricProcessInstanceQuery()
                      .processInstanceId(id)
                      .finished()
                      .count()
                  == 1,
          "the executor of jobs finished the process");
      assertThat(
              engine
                  .getHistoryService()
                  .createHistoricVariableInstanceQuery()
                  .processInstanceId(id)
                  .variableName("shipped")
                  .singleResult()
                  .getValue())
          .isEqualTo(true);
    } finally {
      engine.close();
    }
    assertThat(dataSource.isClosed()).isFalse();
  }

  @Test
  void exhaustedPoolIsTheCause() throws Exception {
    SluiceDataSource dataSource = impatientPool(1);
    ProcessEngine engine =
        new StandaloneProcessEngineConfiguration()
            .setDataSource(dataSource)
            .setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE)
            .setJobExecutorActivate(false)
            .buildProcessEngine();
    try (Connection held = dataSource.getConnection()) {
      assertThat(held.isClosed()).isFalse();

      assertThatThrownBy(() -> engine.getTaskService().createTaskQuery().count())
          .hasRootCauseInstanceOf(PoolExhaustedException.class);
    } finally {
      engine.close();
    }
  }
}
