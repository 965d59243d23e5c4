package dev.sluice.pool;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test class whose pools {@link PoolInvariants} leaves alone, because it checks them itself. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
public @interface SelfChecked {
  /** What is checked instead, or why nothing can be. */
  String value();
}
