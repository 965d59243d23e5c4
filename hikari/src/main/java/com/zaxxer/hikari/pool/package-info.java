/** The pool behind the data source, over Sluice. */
package com.zaxxer.hikari.pool;
