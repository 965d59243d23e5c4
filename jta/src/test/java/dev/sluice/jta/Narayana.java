package dev.sluice.jta;

import com.arjuna.ats.arjuna.common.CoordinatorEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.arjuna.utils.UuidProcessId;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTANodeNameXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTATransactionLogXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.ats.jta.common.JTAEnvironmentBean;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.transaction.xa.XAResource;

/** The transaction manager of the tests; one for a JVM. */
final class Narayana {
  private static final String NODE = "1";
  private static boolean configured;

  private Narayana() {}

  /** The manager, with a log in a folder of its own. */
  static TransactionManager manager() {
    configure(null);
    return com.arjuna.ats.jta.TransactionManager.transactionManager();
  }

  static TransactionSynchronizationRegistry registry() {
    return new TransactionSynchronizationRegistryImple();
  }

  /**
   * Sets it up, once.
   *
   * @param log the folder of its log; null for a new one
   */
  static synchronized void configure(Path log) {
    if (configured) {
      return;
    }
    configured = true;
    String folder = (log == null ? temporary() : log).toString();
    for (String store : new String[] {null, "stateStore", "communicationStore"}) {
      store(store).setObjectStoreDir(folder);
    }
    CoreEnvironmentBean core = arjPropertyManager.getCoreEnvironmentBean();
    core.setProcessImplementationClassName(UuidProcessId.class.getName()); // else a socket
    try {
      core.setNodeIdentifier(NODE);
    } catch (CoreEnvironmentBeanException e) {
      throw new IllegalStateException(e);
    }
    JTAEnvironmentBean jta = jtaPropertyManager.getJTAEnvironmentBean();
    jta.setLastResourceOptimisationInterface(LastResource.class);
    jta.setXaRecoveryNodes(List.of(NODE));
    jta.setOrphanSafetyInterval(0);
    jta.setXaResourceOrphanFilters(
        List.of(
            new JTATransactionLogXAResourceOrphanFilter(),
            new JTANodeNameXAResourceOrphanFilter()));
    CoordinatorEnvironmentBean coordinator = arjPropertyManager.getCoordinatorEnvironmentBean();
    coordinator.setTransactionStatusManagerEnable(false); // another socket
    RecoveryEnvironmentBean recovery = recoveryPropertyManager.getRecoveryEnvironmentBean();
    recovery.setRecoveryListener(false);
    recovery.setRecoveryBackoffPeriod(1);
  }

  private static ObjectStoreEnvironmentBean store(String name) {
    return name == null
        ? arjPropertyManager.getObjectStoreEnvironmentBean()
        : BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name);
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("sluice-narayana");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Recovers what is left behind, by the resources of these data sources, in one pass. */
  static void recover(JtaDataSource... sources) {
    RecoveryManager manager = RecoveryManager.manager(RecoveryManager.DIRECT_MANAGEMENT);
    XARecoveryModule module = XARecoveryModule.getRegisteredXARecoveryModule();
    List<XAResourceRecoveryHelper> helpers =
        List.of(sources).stream().<XAResourceRecoveryHelper>map(Helper::new).toList();
    helpers.forEach(module::addXAResourceRecoveryHelper);
    try {
      manager.scan();
    } finally {
      helpers.forEach(module::removeXAResourceRecoveryHelper);
    }
  }

  /** What an application writes to have its data source recovered. */
  private static final class Helper implements XAResourceRecoveryHelper {
    private final JtaDataSource source;

    Helper(JtaDataSource source) {
      this.source = source;
    }

    @Override
    public boolean initialise(String unused) {
      return true;
    }

    @Override
    public XAResource[] getXAResources() {
      return source.recoveryResources().toArray(new XAResource[0]);
    }
  }
}
