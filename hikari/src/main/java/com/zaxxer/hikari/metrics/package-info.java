/** How HikariCP reports its figures to a metrics library. */
package com.zaxxer.hikari.metrics;
