/** Starts private database servers from binaries that came as Maven dependencies. */
module dev.sluice.embedded {
  requires static org.jspecify;
  requires org.apache.commons.compress;
  requires org.tukaani.xz;

  exports dev.sluice.embedded;
}
