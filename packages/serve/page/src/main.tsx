import { render } from 'preact'
import { App } from './app.tsx'
import './style/base.css'
import './style/layout.css'
import './style/parts.css'
import './style/graph.css'

const place = document.getElementById('page')
if (place) render(<App />, place)
