// For parts of the application: see `ui/lazily`.

export { lazily, loadRest } from '../ui/lazily';
