package wire

// DriverIDs is how many client ids the driver takes, those of browsers
// included, before it refuses every further one until it is restarted.
const DriverIDs = 5
