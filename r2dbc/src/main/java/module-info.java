/** A reactive {@code ConnectionFactory} over the engine, for any R2DBC driver. */
// Neither the SPI nor Reactive Streams has a descriptor of its own.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.sluice.r2dbc {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pool;
  requires transitive r2dbc.spi;
  requires transitive org.reactivestreams;
  requires static java.management;

  exports dev.sluice.r2dbc;

  uses io.r2dbc.spi.ConnectionFactoryProvider;

  provides io.r2dbc.spi.ConnectionFactoryProvider with
      dev.sluice.r2dbc.SluiceConnectionFactoryProvider;
}
