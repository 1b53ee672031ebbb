// Loads every part of the application: each registers its commands, panels and layers in its own register.ts(x).

import.meta.glob('./*/register.{ts,tsx}', { eager: true });
