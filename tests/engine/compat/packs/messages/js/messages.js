import { app } from "/scripts/app.js";
