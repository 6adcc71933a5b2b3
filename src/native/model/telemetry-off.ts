// onnxruntime 1.30 reports its use to its makers, and writes a log and a device number into the temporary folder, unless
// this variable says no when the library is loaded. It reads the environment of the process, which only the main thread
// can set: import this module first wherever the library is imported, and wherever a thread is started that imports it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
