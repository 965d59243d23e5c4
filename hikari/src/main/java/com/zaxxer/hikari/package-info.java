/** HikariCP's configuration and data source, over Sluice. */
package com.zaxxer.hikari;
