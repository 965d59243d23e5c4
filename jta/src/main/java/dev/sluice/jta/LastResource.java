package dev.sluice.jta;

import javax.transaction.xa.XAResource;

/**
 * Marks the resource of a database that knows no two phases. A transaction can have one, if its
 * manager asks all others to prepare first, then commits this one in one phase, and lets its
 * outcome decide. If the process dies between that commit and the manager's record of it, the
 * others are rolled back although this one is committed: that is the price of a last resource.
 *
 * <p>Name this interface to the manager. For Narayana: {@code
 * jtaPropertyManager.getJTAEnvironmentBean().setLastResourceOptimisationInterface(
 * LastResource.class)}. If a manager asks such a resource to prepare, it refuses and rolls back,
 * since it could not keep what it would promise.
 */
public interface LastResource extends XAResource {}
