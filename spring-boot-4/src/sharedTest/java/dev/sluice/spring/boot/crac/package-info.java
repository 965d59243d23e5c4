/**
 * A JVM's half of CRaC, for {@code org.crac}, which looks for it under the name that the system
 * property {@code org.crac.Core.Compat} has. It notifies as a checkpoint does, and takes no image.
 */
package dev.sluice.spring.boot.crac;
