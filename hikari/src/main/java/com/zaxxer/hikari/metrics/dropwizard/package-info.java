/** HikariCP's figures and health checks for Dropwizard Metrics 4 and 5, by its names. */
package com.zaxxer.hikari.metrics.dropwizard;
